/** Asks a daemon for its metrics, as a Prometheus does that has a token. */
import { request } from 'node:https';
import { text } from 'node:stream/consumers';

export interface MetricsAnswer {
  readonly status: number | undefined;
  readonly body: string;
}

/** By HTTPS, from whoever answers: the certificate is signed by itself. */
export function getMetrics(port: number, token?: string): Promise<MetricsAnswer> {
  return new Promise((resolve, reject) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const asked = request({ port, path: '/metrics', headers, rejectUnauthorized: false }, async (response) =>
      resolve({ status: response.statusCode, body: await text(response) }),
    );
    asked.once('error', reject).end();
  });
}
