/** What a CustomResourceDefinition would forget of objects when it becomes another one. */
import type { JsonObject, Manifest } from './manifest.ts';

/** Fields that only `before` knows, as `spec.source.targetDate`; what is below one that is lost is not told. */
export function lostFields(before: Manifest, after: Manifest): string[] {
  const known = new Set(schemasOf(after).flatMap((schema) => fieldsOf(schema)));
  const lost = new Set(
    schemasOf(before)
      .flatMap((schema) => fieldsOf(schema))
      .filter((field) => !known.has(field)),
  );
  return [...lost].filter((field) => !isInside(field, lost)).sort();
}

function isInside(field: string, others: ReadonlySet<string>): boolean {
  const parent = field.replace(/(\[\])?(\.[^.[]+)$/, '');
  return parent !== field && others.has(parent);
}

function schemasOf(definition: Manifest): JsonObject[] {
  const versions = ((definition['spec'] as JsonObject | undefined)?.['versions'] ?? []) as readonly JsonObject[];
  return versions.flatMap(({ schema }) => {
    const { openAPIV3Schema } = (schema ?? {}) as { openAPIV3Schema?: JsonObject };
    return openAPIV3Schema ? [openAPIV3Schema] : [];
  });
}

function fieldsOf(schema: JsonObject, path = ''): string[] {
  const { properties, items } = schema as { properties?: Record<string, JsonObject>; items?: JsonObject };
  const inner = Object.entries(properties ?? {}).flatMap(([name, field]) => {
    const full = path === '' ? name : `${path}.${name}`;
    return [full, ...fieldsOf(field, full)];
  });
  return items ? [...inner, ...fieldsOf(items, `${path}[]`)] : inner;
}
