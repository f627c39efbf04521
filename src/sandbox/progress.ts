/** How far the making of a control plane is, read from what Go prints. */

/** `start` counts the three programs; `link` has no count, so it goes from 0 to 1. */
export type ProgressPhase = 'download' | 'build' | 'link' | 'start';

export interface Progress {
  readonly phase: ProgressPhase;
  /** Modules while downloading, packages while building; never more than `total`. */
  readonly done: number;
  readonly total: number;
  /** Missing until enough is done to tell. */
  readonly etaSeconds?: number;
}

export type OnProgress = (progress: Progress) => void;

const enoughDone = 20;
const enoughSeconds = 3;

/** One event, with the time left if the rest goes as fast as what is done. */
export function progressOf(phase: ProgressPhase, count: number, total: number, elapsedSeconds: number): Progress {
  const done = Math.min(count, total);
  const tooEarly = done < enoughDone || elapsedSeconds < enoughSeconds;
  if (tooEarly) return { phase, done, total };
  return { phase, done, total, etaSeconds: Math.round((elapsedSeconds / done) * (total - done)) };
}

/** The number of modules that a first build downloads: those of go.mod whose content go.sum pins, a few of them for other systems. */
export function countModules(goMod: string, goSum: string): number {
  const required = new Set([...goMod.matchAll(/^(?:require|\t)\s*(\S+) v/gm)].map(([, path]) => path));
  const pinned = [...goSum.matchAll(/^(\S+) \S+(?<!\/go\.mod) h1:/gm)].map(([, path]) => path);
  return new Set(pinned.filter((path) => required.has(path))).size;
}

/** The template for `go list -deps`: one line per package, why it must be compiled, or an empty line. */
export const staleTemplate = '{{if .Stale}}{{.StaleReason}}{{end}}';

/** The number of packages that `go build` is going to compile, so that a half-warm cache counts right. */
export function countStale(goList: string): number {
  return goList.split('\n').filter((line) => line !== '' && !line.includes('available in build cache')).length;
}

/** Whether a line of Go's output announces the download of one module. */
export function isDownload(line: string): boolean {
  return line.startsWith('go: downloading ');
}

/** Whether a line of `go build -v` is the import path of a package whose compilation begins. */
export function isPackage(line: string): boolean {
  return /^[\w.~+-]+(\/[\w.~+-]+)*$/.test(line);
}
