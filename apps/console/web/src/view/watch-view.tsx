import type { JSX } from 'preact'
import { HostsTable } from './hosts-table.tsx'
import { LoadTable } from './load-table.tsx'
import { SilencesList } from './silences-list.tsx'

/** Who is watched and what that costs: hosts, silence, announced silence, load of the rules. */
export function WatchView(): JSX.Element {
  return (
    <>
      <h1>Watch</h1>
      <SilencesList />
      <HostsTable />
      <LoadTable />
    </>
  )
}
