import type { ContractIncident } from './queries.ts'

/** What to do about an incident, for whoever looks after the bridge. */
export const incidentFixes: Readonly<Record<ContractIncident['kind'], string>> = {
  unreadable: 'The version in force stays. Ask whoever publishes the document for a whole one, or name its right address or file.',
  emptied:
    'Nobody was told yet; the version waits for more readings. If the owner means it, they publish it: bridgekeeper contracts publish <platform> <file>.',
  flap: 'Nothing: nobody was told of a version that was taken back. Where it repeats, ask the owner to look at how they publish.',
  unreachable: 'The version in force stays. Open the address in a browser; if it moved, change spec.contract.url of the platform.',
}
