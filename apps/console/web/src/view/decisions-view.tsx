import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { change, explain, get } from '../state/api.ts'
import { me } from '../state/session.ts'
import { left } from './ago.ts'
import { formText } from './form-text.ts'
import { usePoll } from './use-poll.ts'

/** As many as the console asks for. */
const shownAtMost = 500

/** A decision in force. */
interface ShownDecision {
  readonly id: number
  readonly type: string
  readonly scope: string
  readonly value: string
  readonly until: string
  readonly origin: string
  readonly scenario: string
}

/** Moves the keyboard into a field at the moment it appears; the attribute would do it later and lose a key. */
function focusWhenShown(field: HTMLInputElement | null): void {
  field?.focus()
}

function Unban({ decision, onDone }: { decision: ShownDecision; onDone: () => void }): JSX.Element {
  const [isAsking, setAsking] = useState(false)
  const [problem, setProblem] = useState('')
  if (!isAsking) {
    return (
      <button type="button" onClick={() => setAsking(true)} aria-label={`Unban ${decision.value}`}>
        Unban
      </button>
    )
  }
  return (
    <form
      class="unban"
      onSubmit={(submit) => {
        submit.preventDefault()
        const reason = formText(submit.currentTarget, 'reason')
        change('DELETE', `/api/decisions/${decision.id}`, { reason }).then(onDone, (error: unknown) =>
          setProblem(explain(error)),
        )
      }}
    >
      <label>
        Reason
        <input name="reason" required maxLength={500} ref={focusWhenShown} />
      </label>
      <button type="submit">Unban</button>
      <button type="button" class="quiet" onClick={() => setAsking(false)}>
        Keep
      </button>
      <span role="alert" class="problem">
        {problem}
      </span>
    </form>
  )
}

/** Decisions in force, with the time they have left, and unban with a reason. */
export function DecisionsView(): JSX.Element {
  const { value, problem, reload } = usePoll(
    () => get<{ decisions: readonly ShownDecision[] }>('/api/decisions'),
    3,
  )
  const now = Date.now()
  const decisions = value?.decisions ?? []
  const mayUnban = me.value?.role === 'responder' || me.value?.role === 'admin'
  return (
    <>
      <h1>Decisions</h1>
      <p role="status" class="problem">
        {problem}
      </p>
      {value !== undefined && decisions.length === 0 ? <p class="hint">Nothing is banned.</p> : null}
      {decisions.length >= shownAtMost ? (
        <p class="hint">The first {shownAtMost}; “sevenfold decisions list” has them all.</p>
      ) : null}
      <ul class="decisions">
        {decisions.map((decision) => (
          <li key={decision.id}>
            <div>
              <b>{decision.value}</b> {decision.type}
              <p>
                {decision.scenario} · {decision.origin} · {left(decision.until, now)} left
              </p>
            </div>
            {mayUnban ? <Unban decision={decision} onDone={reload} /> : null}
          </li>
        ))}
      </ul>
    </>
  )
}
