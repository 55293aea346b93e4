import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { explain, get } from '../state/api.ts'
import { whoOf } from '../state/incident.ts'
import type { FullIncident, QuietCase, ShownIncident } from '../state/incident.ts'
import { noteFailure } from '../state/session.ts'
import { ago } from './ago.ts'
import { IncidentDetail } from './incident-detail.tsx'
import { RunsList } from './runs-list.tsx'
import { usePoll } from './use-poll.ts'

interface Listed {
  readonly incidents: readonly ShownIncident[]
  readonly quiet: readonly QuietCase[]
}

function Row({ incident, onOpen }: { incident: ShownIncident; onOpen: () => void }): JSX.Element {
  return (
    <tr class={incident.level}>
      <td>{incident.score}</td>
      <td>{incident.level}</td>
      <td class="time">{ago(incident.last, Date.now())}</td>
      <td class="wide">{incident.count}</td>
      <td>{whoOf(incident)}</td>
      <td class="what">
        <button type="button" class="link" onClick={onOpen}>
          {incident.title}
        </button>
      </td>
    </tr>
  )
}

function Quiet({ cases }: { cases: readonly QuietCase[] }): JSX.Element | null {
  if (cases.length === 0) return null
  return (
    <details>
      <summary>Counted without being an incident: {cases.length}</summary>
      <ul class="quietcases">
        {cases.map(({ title, count, entities }, index) => (
          <li key={index}>
            {title} · {count} alerts · {entities.map(({ value }) => value).join(', ')}
          </li>
        ))}
      </ul>
    </details>
  )
}

/** Incidents, the gravest first; one opens with what happened, its runbooks and the verdict. */
export function IncidentsView(): JSX.Element {
  const [state, setState] = useState('open')
  const { value, problem, reload } = usePoll(() => get<Listed>(`/api/incidents?state=${state}`), 5)
  const [opened, setOpened] = useState<FullIncident | null>(null)
  const [failure, setFailure] = useState('')
  const open = (id: string): void => {
    get<FullIncident>(`/api/incidents/${id}`).then(
      (incident) => setOpened(() => incident),
      (error: unknown) => {
        noteFailure(error)
        setFailure(explain(error))
      },
    )
  }
  const incidents = value?.incidents ?? []
  return (
    <>
      <h1>Incidents</h1>
      <p role="status" class="problem">
        {problem || failure}
      </p>
      <p>
        <button
          type="button"
          class="quiet"
          aria-pressed={state === 'all'}
          onClick={() => {
            setState(state === 'open' ? 'all' : 'open')
            reload()
          }}
        >
          {state === 'open' ? 'Show closed ones too' : 'Show open ones only'}
        </button>
      </p>
      {value !== undefined && incidents.length === 0 ? (
        <p class="hint">Nothing deserves a person now.</p>
      ) : null}
      {incidents.length === 0 ? null : (
        <div class="scroll" role="region" aria-label="Incidents" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th>Score</th>
                <th>Level</th>
                <th>Last</th>
                <th class="wide">Alerts</th>
                <th>Who</th>
                <th>What</th>
              </tr>
            </thead>
            <tbody>
              {incidents.map((incident) => (
                <Row key={incident.id} incident={incident} onOpen={() => open(incident.id)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {opened === null ? null : (
        <IncidentDetail
          key={opened.id}
          incident={opened}
          onDone={() => {
            setOpened(null)
            reload()
          }}
        />
      )}
      <Quiet cases={value?.quiet ?? []} />
      <RunsList />
    </>
  )
}
