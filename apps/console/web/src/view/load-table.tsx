import type { JSX } from 'preact'
import { get } from '../state/api.ts'
import type { RuleLoad } from '../state/watch.ts'
import { usePoll } from './use-poll.ts'

/** What each rule cost in the last week, the most expensive first. */
export function LoadTable(): JSX.Element {
  const { value, problem } = usePoll(() => get<{ load: readonly RuleLoad[] }>('/api/load'), 30)
  const load = (value?.load ?? []).toSorted((a, b) => b.minutes - a.minutes || b.incidents - a.incidents)
  return (
    <>
      <h2>Load of the last week by rule</h2>
      <p role="status" class="problem">
        {problem}
      </p>
      {value !== undefined && load.length === 0 ? <p class="hint">No rule cost anybody anything.</p> : null}
      {load.length === 0 ? null : (
        <div class="scroll" role="region" aria-label="Load by rule" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th>Rule</th>
                <th>Level</th>
                <th>Alerts</th>
                <th>Incidents</th>
                <th>True, benign, noise</th>
                <th>Minutes</th>
              </tr>
            </thead>
            <tbody>
              {load.slice(0, 50).map(({ rule, title, level, alerts, incidents, verdicts, minutes }) => (
                <tr key={rule}>
                  <td class="what">{title}</td>
                  <td>{level}</td>
                  <td>{alerts}</td>
                  <td>{incidents}</td>
                  <td>{[verdicts.true, verdicts.benign, verdicts.noise].join(', ')}</td>
                  <td>{Math.round(minutes)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}
