import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { ParquetFile } from '../src/export/parquet-file.ts'
import { events } from './query-cases.ts'

let folder: TemporaryFolder
beforeEach(() => void (folder = createTemporaryFolder()))
afterEach(() => folder.remove())

it('a Parquet file holds every event with its fields, and nothing else is left', async () => {
  const path = join(folder.path, "it's.parquet")
  const file = await ParquetFile.create(path)
  for (const event of events) file.add(event, JSON.stringify(event))
  expect(existsSync(path)).toBe(false)
  await file.finish()
  expect(readdirSync(folder.path)).toEqual(["it's.parquet"])
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const rows = await connection.runAndReadAll(
    `SELECT timestamp::VARCHAR AS time, source_ip, event_category, http_response_status_code AS status, line FROM '${path.replaceAll("'", "''")}'`,
  )
  const [first, , third, fourth] = rows.getRowObjectsJS()
  expect(first).toEqual({
    time: '2026-01-31 12:00:00',
    source_ip: '192.0.2.7',
    event_category: 'web,intrusion_detection',
    status: 403,
    line: JSON.stringify(events[0]),
  })
  expect(third).toMatchObject({ source_ip: '2001:db8::1', status: 500 })
  expect(fourth).toMatchObject({ source_ip: null, status: null })
  connection.closeSync()
  instance.closeSync()
})

it('a Parquet file that is given up leaves nothing', async () => {
  const file = await ParquetFile.create(join(folder.path, 'a.parquet'))
  file.add(events[0], '{}')
  file.abandon()
  expect(readdirSync(folder.path)).toEqual([])
})

it('a Parquet file cannot begin where nobody may write', async () => {
  await expect(ParquetFile.create(join(folder.path, 'none', 'a.parquet'))).rejects.toThrow('ENOENT')
})
