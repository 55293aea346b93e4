import type { JSX } from 'preact'
import { get } from '../state/api.ts'
import type { PartStatus } from '../state/layers.ts'
import { hostsOf } from '../state/watch.ts'
import type { HostList, ShownHost } from '../state/watch.ts'
import { ago, left } from './ago.ts'
import { usePoll } from './use-poll.ts'

interface Loaded {
  readonly hosts: HostList | null
  readonly parts: readonly PartStatus[]
}

async function load(): Promise<Loaded> {
  const [{ hosts }, { parts }] = await Promise.all([
    get<{ hosts: HostList | null }>('/api/hosts'),
    get<{ parts: readonly PartStatus[] }>('/api/layers'),
  ])
  return { hosts, parts }
}

function Row({ host, now }: { host: ShownHost; now: number }): JSX.Element {
  const isBad = host.word !== 'well' && host.word !== 'revoked'
  return (
    <tr class={isBad ? 'bad' : ''}>
      <td>{host.host}</td>
      <td>{host.layer}</td>
      <td>{host.word}</td>
      <td class="time">{ago(host.lastBeat, now)}</td>
      <td class="time">
        {host.state === 'revoked' ? (host.reason ?? '') : left(host.certificateEnds ?? '', now)}
      </td>
    </tr>
  )
}

/** Hosts that joined: state, last heartbeat, and until when their certificates hold. */
export function HostsTable(): JSX.Element {
  const { value, problem } = usePoll(load, 10)
  const now = Date.now()
  const list = value?.hosts ?? null
  const hosts = list === null ? [] : hostsOf(list, value?.parts ?? [], now)
  return (
    <>
      <h2>Hosts</h2>
      <p role="status" class="problem">
        {problem}
      </p>
      {value !== undefined && hosts.length === 0 ? (
        <p class="hint">
          {list === null
            ? 'No other host can join: ledger.hosts.listen is not set.'
            : 'No other host joined. “sevenfold enrol token” lets one in.'}
        </p>
      ) : null}
      {hosts.length === 0 ? null : (
        <div class="scroll" role="region" aria-label="Hosts" tabIndex={0}>
          <table class="hosts">
            <thead>
              <tr>
                <th>Host</th>
                <th>Layer</th>
                <th>State</th>
                <th>Last beat</th>
                <th>Certificate left</th>
              </tr>
            </thead>
            <tbody>
              {hosts.map((host) => (
                <Row key={`${host.layer}@${host.host} ${host.enrolled ?? ''}`} host={host} now={now} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list?.tokens.map(({ host, layer, expires }) => (
        <p key={`${layer} ${host} ${expires}`}>
          Open token: {layer} on {host}, {left(expires, now)} left
        </p>
      ))}
    </>
  )
}
