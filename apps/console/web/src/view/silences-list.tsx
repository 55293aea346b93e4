import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { change, explain, get } from '../state/api.ts'
import { me } from '../state/session.ts'
import type { ActiveSilence, PlannedSilence } from '../state/watch.ts'
import { left } from './ago.ts'
import { formText } from './form-text.ts'
import { usePoll } from './use-poll.ts'

const parts = ['edge', 'runtime', 'detection', 'collector', 'console', 'ledger']
const hours = [0.5, 1, 4, 24]

function PlanForm({ onPlan }: { onPlan: (plan: object) => void }): JSX.Element {
  return (
    <form
      class="unban"
      onSubmit={(submit) => {
        submit.preventDefault()
        const form = submit.currentTarget
        const durationMs = Number(formText(form, 'hours')) * 3_600_000
        onPlan({ part: formText(form, 'part'), reason: formText(form, 'reason'), durationMs })
        form.reset()
      }}
    >
      <label>
        Part
        <select name="part">
          {parts.map((part) => (
            <option key={part}>{part}</option>
          ))}
        </select>
      </label>
      <label>
        Hours
        <select name="hours">
          {hours.map((count) => (
            <option key={count}>{count}</option>
          ))}
        </select>
      </label>
      <label>
        Why
        <input name="reason" required maxLength={500} />
      </label>
      <button type="submit">Announce silence</button>
    </form>
  )
}

/** What is silent now, and what silence was announced. */
export function SilencesList(): JSX.Element {
  const { value, problem, reload } = usePoll(
    () => get<{ active: readonly ActiveSilence[]; planned: readonly PlannedSilence[] }>('/api/silences'),
    5,
  )
  const [failure, setFailure] = useState('')
  const act = (method: 'POST' | 'DELETE', path: string, body: object): void => {
    change(method, path, body).then(reload, (error: unknown) => setFailure(explain(error)))
  }
  const role = me.value?.role
  return (
    <>
      <h2>Silent now</h2>
      <p role="status" class="problem">
        {problem || failure}
      </p>
      {value !== undefined && value.active.length === 0 ? <p class="hint">Everybody speaks.</p> : null}
      <ul class="decisions">
        {value?.active.map(({ kind, part, message }) => (
          <li key={`${kind} ${message}`}>
            <div>
              <b>{part}</b> {kind}
              <p>{message}</p>
            </div>
          </li>
        ))}
      </ul>
      <h2>Announced silences</h2>
      <ul class="decisions planned">
        {value?.planned.map(({ id, part, kind, until, reason, actor }) => (
          <li key={id}>
            <div>
              <b>{part}</b> {kind ?? 'all kinds'}, {left(until, Date.now())} left
              <p>
                {reason} ({actor})
              </p>
            </div>
            {role === 'responder' || role === 'admin' ? (
              <button type="button" class="quiet" onClick={() => act('DELETE', `/api/silences/${id}`, {})}>
                End silence of {part}
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {role === 'admin' ? <PlanForm onPlan={(plan) => act('POST', '/api/silences', plan)} /> : null}
    </>
  )
}
