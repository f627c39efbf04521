/** Reads the kubeconfig of a sandbox. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export interface Access {
  /** `https://127.0.0.1:<port>`. */
  readonly server: string;
  /** The authority of the server's certificate, as PEM. */
  readonly ca: string;
  /** The administrator's token. */
  readonly token: string;
}

/** The access that the only context of a sandbox's kubeconfig gives. */
export function readKubeconfig(path: string): Access {
  const config = parse(readFileSync(path, 'utf8'));
  const { server, 'certificate-authority-data': ca } = config.clusters[0].cluster;
  return { server, ca: Buffer.from(ca, 'base64').toString('utf8'), token: config.users[0].user.token };
}
