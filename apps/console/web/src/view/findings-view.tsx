import type { JSX } from 'preact'
import { get } from '../state/api.ts'
import type { ShownEvent } from '../state/event.ts'
import { findingsIn } from '../state/finding.ts'
import type { FindingStep, ShownFinding } from '../state/finding.ts'
import { usePoll } from './use-poll.ts'

const question = `/api/events?limit=500&query=${encodeURIComponent('sevenfold.kind:finding')}`

/** The way of an input from its source to the sink. */
function Way({ steps }: { steps: readonly FindingStep[] }): JSX.Element {
  return (
    <ol class="trace">
      {steps.map(({ step, verdict, detail }, i) => (
        <li key={i}>
          <b>{verdict}</b> {step} <code>{detail}</code>
        </li>
      ))}
    </ol>
  )
}

function Row({ finding }: { finding: ShownFinding }): JSX.Element {
  const { control, severity, summary, resource, site, request, steps, last, count } = finding
  return (
    <li>
      <div>
        <b>{control}</b> {severity}
        <p>{summary}</p>
        <p>
          <code>{resource}</code>
        </p>
        <p>
          {[site, request, last.slice(0, 16).replace('T', ' '), count > 1 ? `told ${count} times` : '']
            .filter(Boolean)
            .join(' · ')}
        </p>
        {steps.length === 0 ? null : (
          <details>
            <summary>
              {steps[0]?.verdict === 'source'
                ? `From ${steps[0].step} in ${steps.length} steps`
                : 'Where it was seen'}
            </summary>
            <Way steps={steps} />
          </details>
        )}
      </div>
    </li>
  )
}

/** What test runs, audits and scans have found: class, source, way and sink. */
export function FindingsView(): JSX.Element {
  const { value, problem } = usePoll(() => get<{ events: readonly ShownEvent[] }>(question), 10)
  const findings = findingsIn(value?.events ?? [])
  return (
    <>
      <h1>Findings</h1>
      <p role="status" class="problem">
        {problem}
      </p>
      {value !== undefined && findings.length === 0 ? (
        <p class="hint">Nothing was found. A test run of an application tells here what it saw.</p>
      ) : null}
      <ul class="decisions findings">
        {findings.map((finding) => (
          <Row key={finding.key} finding={finding} />
        ))}
      </ul>
    </>
  )
}
