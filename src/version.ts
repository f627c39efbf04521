/** Vidra's version. */
import manifest from '../package.json' with { type: 'json' };

/** As in package.json, the one place where it is written. */
export const version: string = manifest.version;
