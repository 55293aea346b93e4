import type { JSX } from 'preact'
import { get } from '../state/api.ts'
import { usePoll } from './use-poll.ts'

interface Shared {
  readonly kind: string
  readonly name: string
  readonly layers: readonly string[]
  readonly failure: string
  readonly takesDown: boolean
}

interface Depends {
  readonly layers: readonly string[]
  readonly shared: readonly Shared[]
}

const rowHeight = 26
const width = 640

/** Lines from each layer to what it shares with others; the list beside says the same in words. */
function Graph({ layers, shared }: Depends): JSX.Element {
  const height = Math.max(layers.length, shared.length) * rowHeight + 10
  const y = (index: number): number => index * rowHeight + 18
  return (
    <svg class="depends" viewBox={`0 0 ${width} ${height}`} role="img" aria-label="What the layers share">
      {shared.flatMap(({ layers: among, takesDown }, at) =>
        among.map((layer) => (
          <line
            key={`${at} ${layer}`}
            x1={120}
            y1={y(layers.indexOf(layer)) - 4}
            x2={300}
            y2={y(at) - 4}
            class={takesDown ? 'fatal' : ''}
          />
        )),
      )}
      {layers.map((layer, index) => (
        <text key={layer} x={4} y={y(index)}>
          {layer}
        </text>
      ))}
      {shared.map(({ kind, name, takesDown }, index) => (
        <text key={`${kind} ${name}`} x={308} y={y(index)} class={takesDown ? 'fatal' : ''}>
          {kind}: {name.slice(0, 44)}
        </text>
      ))}
    </svg>
  )
}

/** What two or more layers lean on, as a graph and in words. */
export function DependsGraph(): JSX.Element | null {
  const { value } = usePoll(() => get<{ depends: Depends | null }>('/api/depends'), 60)
  const depends = value?.depends ?? null
  if (depends === null) return null
  const shared = depends.shared.filter(({ kind }) => kind !== 'package')
  return (
    <>
      <h2>Shared dependencies</h2>
      <p class="hint">Layers that share a user, a host or a volume are one layer to whoever has that.</p>
      <Graph layers={depends.layers} shared={shared} />
      <ul>
        {shared.map(({ kind, name, layers, failure }) => (
          <li key={`${kind} ${name}`}>
            <b>
              {kind} {name}
            </b>{' '}
            ({layers.join(', ')}): {failure}
          </li>
        ))}
      </ul>
    </>
  )
}
