/** Names one run in the records: when it began, and a random part. */
import { randomBytes } from 'node:crypto';

export function runId(): string {
  return `${new Date().toISOString()}-${randomBytes(4).toString('hex')}`;
}
