import { z } from 'zod'
import { option } from './option.ts'
import { duration } from './units.ts'

/** When a worker that cannot keep up turns unknown clients away. */
export const sheddingSchema = z.strictObject({
  enabled: option(z.boolean().default(true), 'Whether unknown clients are turned away under too much load.'),
  delay: option(
    duration({ min: '5ms', max: '10s' }).prefault('60ms'),
    'Delay of a worker from which it counts as overloaded.',
  ),
  inFlight: option(
    z.int().min(16).max(1_000_000).default(2000),
    'Requests at work in one worker from which it counts as overloaded.',
  ),
})
