/** What upstream's operator has left, as people read it before the plan that takes it over. */
import type { UpstreamOwner, UpstreamRemains } from '../engine/upstream.ts';
import { printable } from './printable.ts';
import { countOf } from './quantity.ts';

export function takeoverLines({ owners, objects, strays }: UpstreamRemains): string[] {
  if (owners.length + objects === 0) return ["Nothing of upstream's operator is left here."];
  const left = `${countOf(owners.length, 'VidraResource')} and the marks on ${countOf(objects, 'object')}`;
  return [
    `Upstream's operator has left ${left}:`,
    ...owners.map((owner) => `  ${printable(`VidraResource ${owner.name}: ${fateOf(owner)}`)}`),
    ...strays.map(({ name, owners: names }) => {
      const missing = `of ${names.join(', ')}, of which there is no VidraResource`;
      return `  ${printable(`${name}: ${missing}; it stays until vidra release lets it go`)}`;
    }),
    '',
  ];
}

function fateOf({ sync, present, objects }: UpstreamOwner): string {
  const has = countOf(objects, 'object');
  if (sync === undefined) return `${has}, written by somebody`;
  if (present) return `${has}, of the InfrahubSync ${sync}`;
  return `${has}, of the InfrahubSync ${sync}, which is gone; vidra prune removes them`;
}
