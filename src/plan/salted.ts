/** Digests that say whether two values are the same, to those who know the salt, and nothing else. */
import { createHmac } from 'node:crypto';
import { canonicalJson } from '../manifest/json.ts';
import type { JsonValue } from '../manifest/manifest.ts';

/** HMAC-SHA-256 in base64url. */
export function saltedDigest(salt: string, value: JsonValue): string {
  return createHmac('sha256', salt).update(canonicalJson(value)).digest('base64url');
}
