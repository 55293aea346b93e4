import { hostSources, stateSources } from './host-sources.ts'
import { bodySources, requestSources } from './request-sources.ts'
import type { ValueSource } from './value-source.ts'

const sources: ReadonlyMap<string, ValueSource> = new Map(
  Object.entries({ ...requestSources, ...bodySources, ...hostSources, ...stateSources }),
)
const nothing: ValueSource = { kind: 'scalar', read: () => undefined }

/** How a variable is read from a transaction. XML and RULE depend on the rule and are not here. */
export function valueSourceOf(name: string): ValueSource {
  return sources.get(name) ?? nothing
}

/** Names of the variables that {@link valueSourceOf} knows. */
export const sourcedVariables: readonly string[] = [...sources.keys()]
