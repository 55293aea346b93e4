import type { z } from 'zod'

/** What the documentation says of one option besides its type, range and default, which come from the schema. */
export interface OptionNotes {
  /** What the option does, one or two sentences. */
  readonly meaning: string
  /** What a wrong value does to safety; absent when nothing. */
  readonly security?: string
  /** Version that first had the option; absent for 0.1.0. */
  readonly since?: string
}

/** Attaches documentation to a schema. The generators of docs/configuration.md and of the JSON Schema read it. */
export function option<S extends z.ZodType>(
  schema: S,
  meaning: string,
  notes: Omit<OptionNotes, 'meaning'> = {},
): S {
  return schema.meta({ description: meaning, ...notes })
}
