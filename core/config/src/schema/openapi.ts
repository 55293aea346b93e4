import { z } from 'zod'
import { filePath, pathPattern } from './names.ts'
import { option } from './option.ts'
import { size } from './units.ts'

/** What requests of a site must look like. */
export const openapiSchema = z.strictObject({
  file: option(filePath(), 'OpenAPI 3.0 or 3.1 document, YAML or JSON, without references to other files.'),
  unknownPaths: option(
    z.enum(['refuse', 'pass']).default('refuse'),
    'What happens to paths that the document does not have.',
  ),
  unknownParameters: option(
    z.enum(['refuse', 'pass']).default('pass'),
    'What happens to query parameters that the document does not have.',
  ),
  only: option(
    z.array(pathPattern()).max(64).default([]),
    'Paths that the document speaks for, such as /api/*; empty: all.',
  ),
  bodySize: option(
    size({ min: '1KiB', max: '1MiB' }).prefault('64KiB'),
    'Largest body that is checked; a larger one of a described type is refused.',
  ),
})

/** Looks of the pages that the edge answers with. */
export const pagesSchema = z.strictObject({
  template: option(
    filePath(),
    'HTML page, at most 64 KiB; {{status}}, {{title}}, {{id}} and {{code}} stand for the facts, escaped.',
  ),
})
