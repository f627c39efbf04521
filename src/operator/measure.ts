/** What runs of definitions come to, for whoever counts. */
export interface Measure {
  /** `objects`: how many are on record, where that was read. */
  readonly ended: (
    key: string,
    result: 'succeeded' | 'failed' | 'superseded',
    milliseconds: number,
    objects?: number,
  ) => void;
  /** It is not reconciled here any more. */
  readonly forgotten: (key: string) => void;
}
