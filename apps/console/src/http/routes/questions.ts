import type { ConsoleContext, ConsoleRoutes } from '../console-routes.ts'
import { refuse } from '../console-routes.ts'
import type { EventQuery } from '../../backend/backend.ts'

/** Longest filter, in characters. */
export const maxFilterLength = 2000

function queryOf(c: ConsoleContext): EventQuery | null {
  const query = c.req.query('query')
  if (query !== undefined && query.length > maxFilterLength) return null
  return { query, from: c.req.query('from'), to: c.req.query('to'), limit: c.req.query('limit') }
}

/** Reading: layers, events, requests, histogram, decisions. */
export function addQuestions({ app, services }: ConsoleRoutes): void {
  const { backend } = services
  app.get('/api/layers', async (c) => c.json(await backend.status()))
  app.get('/api/decisions', async (c) => c.json({ decisions: await backend.decisions() }))
  app.get('/api/events', async (c) => {
    const query = queryOf(c)
    return query === null ? refuse(c, 400, 'QUERY_TOO_LONG') : c.json(await backend.events(query))
  })
  app.get('/api/histogram', async (c) => {
    const query = queryOf(c)
    return query === null ? refuse(c, 400, 'QUERY_TOO_LONG') : c.json(await backend.histogram(query))
  })
  app.get('/api/requests/:id', async (c) => {
    const id = c.req.param('id')
    return /^[0-9a-zA-Z-]{1,64}$/.test(id) ? c.json(await backend.request(id)) : refuse(c, 400, 'REQUEST_ID')
  })
}
