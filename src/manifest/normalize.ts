/** Makes of an object what server-side apply takes as its writer meant it. */
import { withoutAggregatedRules } from './aggregated.ts';
import { withoutEmptyBundles } from './ca-bundle.ts';
import { withoutEmpty } from './empty.ts';
import { checkListKeys } from './list-keys.ts';
import type { Manifest } from './manifest.ts';
import { withoutNulls } from './nulls.ts';
import { withProtocols } from './ports.ts';
import { checkTexts, withoutStringData } from './secret.ts';
import { withoutServerFields } from './server-fields.ts';
import type { Finding } from './shape.ts';

export interface Normalized {
  readonly manifest: Manifest;
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/** Never throws and changes nothing in place. With problems, the manifest must not be applied. */
export function normalize(written: Manifest): Normalized {
  const { manifest: own, warnings } = withoutServerFields(written);
  const filled = withoutEmptyBundles(withoutAggregatedRules(withProtocols(withoutEmpty(withoutNulls(own)))));
  const problems = [...checkTexts(filled), ...checkListKeys(filled)];
  return { manifest: problems.length > 0 ? filled : withoutStringData(filled), problems, warnings };
}
