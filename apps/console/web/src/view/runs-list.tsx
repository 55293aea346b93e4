import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { change, explain, get } from '../state/api.ts'
import type { ShownRun } from '../state/incident.ts'
import { me } from '../state/session.ts'
import { usePoll } from './use-poll.ts'

/** Runs of playbooks; those that wait for a person come with yes and no. */
export function RunsList(): JSX.Element | null {
  const { value, reload } = usePoll(() => get<{ runs: readonly ShownRun[] }>('/api/runs'), 5)
  const [problem, setProblem] = useState('')
  const runs = value?.runs ?? []
  if (runs.length === 0) return null
  const mayAct = me.value?.role === 'responder' || me.value?.role === 'admin'
  const act = (run: ShownRun, what: string): void => {
    change('POST', `/api/runs/${run.id}/${what}`, {}).then(reload, (error: unknown) =>
      setProblem(explain(error)),
    )
  }
  return (
    <>
      <h2>Playbooks</h2>
      <p role="alert" class="problem">
        {problem}
      </p>
      <ul class="runs">
        {runs.slice(0, 20).map((run) => (
          <li key={run.id}>
            <b>{run.playbook}</b> on {run.incident}: {run.state}
            <ul>
              {run.steps.map((step, index) => (
                <li key={index}>
                  {step.action}: {step.text === '' ? step.plan.join('; ') : step.text}
                </li>
              ))}
            </ul>
            {mayAct && run.state === 'waiting' ? (
              <>
                <button type="button" onClick={() => act(run, 'approve')} aria-label={`Approve ${run.id}`}>
                  Approve
                </button>
                <button
                  type="button"
                  class="quiet"
                  onClick={() => act(run, 'reject')}
                  aria-label={`Reject ${run.id}`}
                >
                  Reject
                </button>
              </>
            ) : null}
            {mayAct && run.state === 'done' ? (
              <button
                type="button"
                class="quiet"
                onClick={() => act(run, 'undo')}
                aria-label={`Undo ${run.id}`}
              >
                Undo
              </button>
            ) : null}
          </li>
        ))}
      </ul>
    </>
  )
}
