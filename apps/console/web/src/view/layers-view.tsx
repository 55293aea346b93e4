import type { JSX } from 'preact'
import { get } from '../state/api.ts'
import { cardOf, layers, stateWords } from '../state/layers.ts'
import type { PartStatus } from '../state/layers.ts'
import { ago } from './ago.ts'
import { DependsGraph } from './depends-graph.tsx'
import { RatePlot } from './rate-plot.tsx'
import { usePoll } from './use-poll.ts'

const backbone = ['ledger', 'collector', 'alerts', 'console']

function Card({
  name,
  does,
  part,
  now,
}: {
  name: string
  does: string
  part: PartStatus | undefined
  now: number
}): JSX.Element {
  const card = cardOf(part, now)
  return (
    <li class={`card ${card.state}`}>
      <h2>
        {name} <span class="state">{stateWords[card.state]}</span>
      </h2>
      <p>{does}</p>
      {card.state === 'absent' ? null : (
        <dl>
          <dt>Heartbeat</dt>
          <dd>{ago(card.lastHeartbeat, now)}</dd>
          <dt>Canary</dt>
          <dd>
            {card.canary === undefined
              ? 'none yet'
              : `${card.canary.ok ? 'stopped' : 'passed through'}, ${ago(card.canary.time, now)}`}
          </dd>
          <dt>Events</dt>
          <dd>{Math.round(card.eventsPerMinute)} a minute</dd>
          <dt>Processes</dt>
          <dd>{card.processes}</dd>
        </dl>
      )}
    </li>
  )
}

/** The seven layers and the backbone, with the rate of events over the last hour. */
export function LayersView(): JSX.Element {
  const { value, problem } = usePoll(() => get<{ parts: readonly PartStatus[] }>('/api/layers'), 5)
  const now = Date.now()
  const find = (name: string): PartStatus | undefined => value?.parts.find((part) => part.part === name)
  return (
    <>
      <h1>Layers</h1>
      <p role="status" class="problem">
        {problem}
      </p>
      <ol class="cards">
        {layers.map(({ name, does }) => (
          <Card key={name} name={name} does={does} part={find(name)} now={now} />
        ))}
      </ol>
      <h2>Events in the last hour</h2>
      <RatePlot />
      <h2>Backbone</h2>
      <ul class="line">
        {backbone.map((name) => {
          const card = cardOf(find(name), now)
          return (
            <li key={name} class={card.state}>
              {name}:{' '}
              <span class="state">{card.state === 'enforce' ? 'running' : stateWords[card.state]}</span>,
              heartbeat {ago(card.lastHeartbeat, now)}
            </li>
          )
        })}
      </ul>
      <DependsGraph />
    </>
  )
}
