import type { JSX } from 'preact'
import type { FullIncident, ShownRunbook } from '../state/incident.ts'
import { me } from '../state/session.ts'
import { VerdictForm } from './verdict-form.tsx'

function Points({ title, points }: { title: string; points: readonly string[] }): JSX.Element | null {
  if (points.length === 0) return null
  return (
    <>
      <h4>{title}</h4>
      <ul>
        {points.map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ul>
    </>
  )
}

function Runbook({ one }: { one: ShownRunbook }): JSX.Element | null {
  if (one.runbook === undefined) return null
  const { meaning, first, confirm, undo } = one.runbook
  return (
    <section class="runbook">
      <h3>{one.title}</h3>
      <p>{meaning}</p>
      <Points title="The first five minutes" points={first} />
      <Points title="How to confirm" points={confirm} />
      <Points title="How to undo" points={undo} />
      {one.author === '' ? null : <p class="hint">Rule by {one.author}</p>}
    </section>
  )
}

const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 19)

/** One incident: what happened, who, what to do, and what a person says of it. */
export function IncidentDetail({
  incident,
  onDone,
}: {
  incident: FullIncident
  onDone: () => void
}): JSX.Element {
  const mayJudge = me.value?.role === 'responder' || me.value?.role === 'admin'
  const {
    id,
    title,
    level,
    score,
    count,
    layers,
    tactics,
    techniques,
    entities,
    samples,
    notes,
    runbooks,
    verdict,
  } = incident
  return (
    <article class="incident" aria-label={`Incident ${id}`}>
      <h2>{title}</h2>
      <p>
        {id} · {level} · score {score} · {count} alerts · seen by {layers.join(', ')}
      </p>
      <p>{entities.map(({ type, value }) => `${type} ${value}`).join(' · ')}</p>
      {tactics.length + techniques.length === 0 ? null : (
        <p class="hint">ATT&amp;CK: {[...tactics, ...techniques].join(', ')}</p>
      )}
      <h3>What happened</h3>
      <ol class="samples">
        {samples.map(({ timeMs, layer, summary, eventId }) => (
          <li key={eventId + summary}>
            <span class="time">{clock(timeMs)}</span> <b>{layer}</b> {summary}
          </li>
        ))}
        {notes.map(({ timeMs, text }) => (
          <li key={`${timeMs} ${text}`} class="note">
            <span class="time">{clock(timeMs)}</span> {text}
          </li>
        ))}
      </ol>
      {runbooks.map((one) => (
        <Runbook key={one.rule} one={one} />
      ))}
      {verdict === undefined ? null : (
        <p>
          Verdict: <b>{verdict.verdict}</b> by {verdict.actor}: {verdict.reason}
        </p>
      )}
      {mayJudge && incident.state === 'open' ? <VerdictForm id={id} onDone={onDone} /> : null}
    </article>
  )
}
