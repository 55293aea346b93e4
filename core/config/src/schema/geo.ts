import { z } from 'zod'
import { filePath } from './names.ts'
import { option } from './option.ts'

const countries = () =>
  z
    .array(z.string().regex(/^[A-Z]{2}$/, 'must be two upper-case letters such as DE'))
    .max(256)
    .default([])

/** Rules by the country of the client. */
export const geoSchema = z.strictObject({
  database: option(
    filePath().optional(),
    'MMDB file with countries; the one that comes with the program (CC0) when absent.',
  ),
  asnDatabase: option(filePath().optional(), 'MMDB file with autonomous systems.'),
  allow: option(countries(), 'Only these countries may come; empty: all.'),
  deny: option(countries(), 'These countries are refused.'),
  challenge: option(countries(), 'Browsers from these countries are challenged.'),
  denyAsn: option(
    z.array(z.int().min(1).max(4_294_967_295)).max(1024).default([]),
    'Autonomous systems that are refused; needs asnDatabase.',
  ),
  unknown: option(
    z.enum(['allow', 'refuse']).default('allow'),
    'What happens to addresses of no known country while allow has entries.',
  ),
})
