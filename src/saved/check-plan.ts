/** Whether what stands in a file is a plan: whatever is done with it later relies on these fields. */
import { errorTable } from '../errors.ts';
import { isObject } from '../manifest/shape.ts';
import { type Check, flag, list, must, object, oneOf, optional, text } from './fields.ts';

const reference = object({ group: text, version: text, kind: text, namespace: text, name: text });
const code = oneOf(Object.keys(errorTable));
const problems = list(object({ code, message: text }));
const differences = list(object({ path: text }));
const row = { action: text, reference, reason: text, after: list(text), differences: optional(differences) };
const holders = list(object({ field: text, manager: text }));
const fieldSet: Check = (value, path) => {
  object(isObject(value) ? Object.fromEntries(Object.keys(value).map((name) => [name, fieldSet])) : {})(value, path);
};
const written = object({
  ...row,
  desired: object({ digest: text }),
  take: holders,
  yield: holders,
  giveUp: optional(fieldSet),
  differences,
  confidence: text,
  recorded: flag,
  renamedFrom: optional(object({ reference })),
});

const rows: Readonly<Record<string, Check>> = {
  create: written,
  update: written,
  adopt: written,
  replace: written,
  delete: object({
    ...row,
    uid: text,
    resourceVersion: text,
    appliedAt: optional(text),
    propagation: text,
    holds: optional(list(text)),
    protected: optional(flag),
    renamedTo: optional(object({ reference })),
  }),
  release: object({ ...row, uid: text, leave: flag, differences }),
  keep: object({ ...row, yield: optional(holders) }),
  skip: object({ ...row, code: optional(code) }),
};

const change: Check = (value, path) => {
  object({ action: oneOf(Object.keys(rows)) })(value, path);
  if (isObject(value)) rows[String(value['action'])]?.(value, path);
};

const guards = list(object({ type: text, subject: text, changes: list(text), message: text }));
const owner = object({
  owner: object({ name: text, home: text, id: text, manager: text }),
  header: object({ name: text, set: text, server: text, sync: optional(text), artifact: optional(text) }),
  policy: object({}),
  desired: list(
    object({
      reference,
      manifest: object({ apiVersion: text, kind: text, metadata: object({ name: text }) }),
      origin: object({}),
      digest: text,
    }),
  ),
  changes: list(change),
  problems,
  notes: list(text),
  forget: list(text),
  leaving: flag,
  waiting: optional(flag),
});

const plan = object({
  set: text,
  server: text,
  digest: text,
  owners: list(owner),
  problems,
  notes: list(text),
  guards,
});

const namespacedName = object({ namespace: text, name: text });

/** Of the document of a saved plan, whose kind and format version are right. */
export const checkSavedPlan: Check = (value, path) => {
  object({
    version: text,
    created: text,
    home: text,
    salt: text,
    options: object({
      ...{ filenames: list(text), namespace: text, prune: flag, overrides: object({}) },
      access: optional(
        object({ serviceAccount: optional(namespacedName), kubeconfigSecretRef: optional(namespacedName) }),
      ),
    }),
    origins: object({
      definitions: list(object({ kind: text, name: text, digest: text })),
      snapshots: list(object({ sync: text, revision: optional(text), digest: text, problem: optional(text) })),
    }),
    confirmed: guards,
    plan,
  })(value, path);
  must(isObject(value) && value['salt'] !== '', 'salt', 'must not be empty', value ?? null);
};
