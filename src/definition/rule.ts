/** What a field may hold, as plain data: definitions are checked by it, and schemas and documentation are made of it. */
import type { JsonValue } from '../manifest/manifest.ts';

interface Told {
  /** For people, in sentences. */
  readonly description?: string;
  /** `in files`: the API server stores it without, too. What has a default need not be written anyway. */
  readonly required?: true | 'in files';
  readonly default?: JsonValue;
}

interface Plain<Type extends string> extends Told {
  readonly type: Type;
}

export interface TextRule extends Plain<'text'> {
  readonly filled?: true;
  /** The most characters. */
  readonly longest?: number;
  /** In what RE2 and JavaScript have in common. */
  readonly pattern?: RegExp;
  /** Of a text that has the pattern. */
  readonly example?: string;
}

/** Fields by name; any other field is an error. */
export interface MappingRule extends Plain<'mapping'> {
  readonly fields: Fields;
  readonly validations?: readonly Validation[];
}

export interface Fields {
  readonly [name: string]: Rule;
}

/** What must hold between fields, in CEL; `self` is the mapping. */
export interface Validation {
  readonly rule: string;
  /** Goes on from the name of the field. */
  readonly message: string;
  /** From the mapping on: `.spec.dependsOn`. Who does not write this field cannot break the rule. */
  readonly field: string;
}

/** A list whose items all keep one rule. With `keys` the API server refuses two with the same values in these fields. */
export interface ListRule extends Plain<'list'> {
  readonly items: Rule;
  /** The most items. */
  readonly most?: number;
  readonly keys?: readonly string[];
}

/** One of some words, each with what it means. */
export interface ChoiceRule extends Plain<'choice'> {
  readonly choices: Readonly<Record<string, string>>;
}

/** A whole number from 0 on; with `percent` also a text such as `20%`. */
export interface CountRule extends Plain<'count'> {
  readonly percent?: true;
}

/** `time` is as in RFC 3339, `duration` a text such as `5m`; `anything` is for what Kubernetes itself checks. */
export type Rule =
  | TextRule
  | MappingRule
  | ListRule
  | ChoiceRule
  | CountRule
  | Plain<'boolean'>
  | Plain<'time'>
  | Plain<'duration'>
  | Plain<'anything'>;
