import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { change, explain } from '../state/api.ts'
import { formText } from './form-text.ts'

interface Preview {
  readonly events: number
  readonly hidden: number
  readonly kept: number
}

const meanings: readonly (readonly [verdict: string, meaning: string])[] = [
  ['true', 'it is real; it stays open'],
  ['benign', 'it is harmless for these actors; hide it for them'],
  ['noise', 'the rule says nothing here; hide it'],
]

/** What a person says of an incident. What benign and noise would have hidden last week is shown before. */
export function VerdictForm({ id, onDone }: { id: string; onDone: () => void }): JSX.Element {
  const [problem, setProblem] = useState('')
  const [preview, setPreview] = useState<Preview | null>(null)
  const send = (form: HTMLFormElement, dryRun: boolean): void => {
    const body = { verdict: formText(form, 'verdict'), reason: formText(form, 'reason'), dryRun }
    change<{ preview?: Preview }>('POST', `/api/incidents/${id}/verdict`, body).then(
      (answer) => {
        setProblem('')
        if (dryRun) setPreview(answer.preview ?? { events: 0, hidden: 0, kept: 0 })
        else onDone()
      },
      (error: unknown) => setProblem(explain(error)),
    )
  }
  return (
    <form
      class="verdict"
      onSubmit={(submit) => {
        submit.preventDefault()
        send(submit.currentTarget, false)
      }}
    >
      <fieldset>
        <legend>Verdict</legend>
        {meanings.map(([verdict, meaning], index) => (
          <label key={verdict}>
            <input type="radio" name="verdict" value={verdict} required defaultChecked={index === 0} />{' '}
            <b>{verdict}</b>: {meaning}
          </label>
        ))}
      </fieldset>
      <label>
        Reason
        <input name="reason" required maxLength={500} />
      </label>
      <button type="submit">Give verdict</button>
      <button
        type="button"
        class="quiet"
        onClick={(click) => {
          const { form } = click.currentTarget
          if (form?.reportValidity() === true) send(form, true)
        }}
      >
        What would it hide?
      </button>
      <p role="status" class="hint">
        {preview === null
          ? ''
          : `Of ${preview.events} events of the last week it hides ${preview.hidden} matches and leaves ${preview.kept}.`}
      </p>
      <span role="alert" class="problem">
        {problem}
      </span>
    </form>
  )
}
