/** Ports of containers and Services: their protocol is part of their key, and server-side apply does not fill it in. */

import { isCore, podSpecPath } from './built-in.ts';
import type { JsonValue, Manifest } from './manifest.ts';
import type { Path } from './read-document.ts';
import { replaceAt } from './replace-at.ts';
import { isObject } from './shape.ts';

/** The manifest with `protocol: TCP` at every port that names none. */
export function withProtocols(manifest: Manifest): Manifest {
  if (isCore(manifest, 'Service')) return withProtocolsAt(manifest, ['spec', 'ports', '*']);
  const pod = podSpecPath(manifest);
  if (!pod) return manifest;
  return ['containers', 'initContainers'].reduce(
    (changed, containers) => withProtocolsAt(changed, [...pod, containers, '*', 'ports', '*']),
    manifest,
  );
}

function withProtocolsAt(manifest: Manifest, path: Path): Manifest {
  return replaceAt(manifest, path, withProtocol) as Manifest;
}

function withProtocol(port: JsonValue): JsonValue {
  return isObject(port) && !port['protocol'] ? { ...port, protocol: 'TCP' } : port;
}
