// In place of the generated clients that come with the reader of kubeconfigs: Vidra sends its own requests.
export class ServerConfiguration {}

export function createConfiguration() {
  throw new Error('Vidra makes no clients of kubeconfigs.');
}
