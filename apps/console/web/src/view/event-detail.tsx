import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { ShownEvent } from '../state/event.ts'

/** One event whole: the trace of its judgement first, then every field as text. */
export function EventDetail({ event, onClose }: { event: ShownEvent; onClose: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const trace = event.sevenfold?.trace ?? []
  const id = event.http?.request?.id
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="detail-title">
      <h2 id="detail-title">{event.event?.action}</h2>
      {id === undefined ? null : (
        <p>
          Request <code>{id}</code>; on the machine: <code>npx sevenfold why {id}</code>
        </p>
      )}
      {trace.length === 0 ? null : (
        <ol class="trace">
          {trace.map(({ step, verdict, detail }) => (
            <li key={step}>
              <b>{step}</b> {verdict} {detail}
            </li>
          ))}
        </ol>
      )}
      <pre tabIndex={0}>{JSON.stringify(event, null, 2)}</pre>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  )
}
