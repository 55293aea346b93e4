import { z } from 'zod'
import { option } from './option.ts'

/** What one rule leaves alone on one path of a site. */
export const exclusionSchema = z.strictObject({
  rule: option(z.int().min(1).max(2_147_483_647), 'Id of the rule, as on the block page and in events.'),
  path: option(
    z
      .string()
      .max(2048)
      .regex(/^\/[!-~]*$/, 'must be a path of a request line, such as /search'),
    'Path of the request, exact and without its query.',
  ),
  variable: option(
    z
      .string()
      .max(1024)
      .regex(/^[A-Z_]+(?::[^/"'\\,;%\s][^"'\\,;%\s]*)?$/, 'must be a variable of a rule, such as ARGS:q')
      .optional(),
    'What the rule leaves alone, such as ARGS:q; the whole rule when absent.',
    { security: 'Without it the rule sees nothing on that path.' },
  ),
})
