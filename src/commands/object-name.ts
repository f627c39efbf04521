/** Objects as people name them. */
import { VidraError } from '../errors.ts';
import { type ObjectName, parseObjectName } from '../manifest/object-name.ts';

/** Throws USAGE. */
export function objectName(text: string): ObjectName {
  const name = parseObjectName(text);
  if (name) return name;
  throw new VidraError('USAGE', `name objects as plans do, as in "Deployment shop/web", not ${JSON.stringify(text)}`);
}
