import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { explain, get } from '../state/api.ts'
import { noteFailure } from '../state/session.ts'
import { summarise, tone } from '../state/event.ts'
import type { ShownEvent } from '../state/event.ts'
import { applyFilter, events, filter, isPaused, skipped, stopFollowing, tailState } from '../state/live.ts'
import { EventDetail } from './event-detail.tsx'
import { formText } from './form-text.ts'

const examples = [
  'sevenfold.kind:block',
  'source.ip:127.0.0.1',
  'sevenfold.kind:authentication and event.outcome:failure',
  'sevenfold.layer:detection',
]

async function loadStored(query: string): Promise<readonly ShownEvent[]> {
  const answer = await get<{ events: readonly ShownEvent[] }>(
    `/api/events?limit=200&query=${encodeURIComponent(query)}`,
  )
  return answer.events
}

function Row({ event, onOpen }: { event: ShownEvent; onOpen: () => void }): JSX.Element {
  return (
    <tr class={tone(event)}>
      <td class="time">{event['@timestamp']?.slice(11, 23)}</td>
      <td>{event.sevenfold?.layer ?? event.agent?.id}</td>
      <td>{event.event?.action}</td>
      <td class="wide">{event.source?.ip}</td>
      <td class="what">
        <button type="button" class="link" onClick={onOpen}>
          {summarise(event)}
        </button>
      </td>
    </tr>
  )
}

function FilterForm({ onApply }: { onApply: (text: string) => void }): JSX.Element {
  return (
    <form
      class="filter"
      role="search"
      onSubmit={(submit) => {
        submit.preventDefault()
        onApply(formText(submit.currentTarget, 'query'))
      }}
    >
      <label for="query">Filter</label>
      <input
        id="query"
        name="query"
        type="search"
        list="examples"
        placeholder="sevenfold.kind:block"
        defaultValue={filter.value}
        spellcheck={false}
        maxLength={2000}
      />
      <datalist id="examples">
        {examples.map((example) => (
          <option key={example} value={example} />
        ))}
      </datalist>
      <button type="submit">Apply</button>
      <button type="button" aria-pressed={isPaused.value} onClick={() => (isPaused.value = !isPaused.value)}>
        {isPaused.value ? 'Go on' : 'Pause'}
      </button>
    </form>
  )
}

/** Stored and live events that match a filter; one opens with all its fields. */
export function EventsView(): JSX.Element {
  const [problem, setProblem] = useState('')
  const [opened, setOpened] = useState<ShownEvent | null>(null)
  const apply = (text: string): void => {
    applyFilter(text, loadStored).then(
      () => setProblem(''),
      (error: unknown) => {
        noteFailure(error)
        setProblem(explain(error))
      },
    )
  }
  useEffect(() => {
    apply(filter.value)
    return stopFollowing
  }, [])
  const lag = skipped.value > 0 ? `, ${skipped.value} skipped because this page was too slow` : ''
  return (
    <>
      <h1>Events</h1>
      <FilterForm onApply={apply} />
      <p role="status" class="problem">
        {problem}
      </p>
      <p class="hint">
        {isPaused.value ? 'Paused' : tailState.value === 'live' ? 'Live' : 'Waiting for the collector'},{' '}
        {events.value.length} shown{lag}
      </p>
      <div class="scroll" role="region" aria-label="Events" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th>Time (UTC)</th>
              <th>Layer</th>
              <th>Action</th>
              <th class="wide">Source</th>
              <th>What</th>
            </tr>
          </thead>
          <tbody>
            {events.value.map((event) => (
              <Row key={event.event?.id} event={event} onOpen={() => setOpened(event)} />
            ))}
          </tbody>
        </table>
      </div>
      {opened === null ? null : <EventDetail event={opened} onClose={() => setOpened(null)} />}
    </>
  )
}
