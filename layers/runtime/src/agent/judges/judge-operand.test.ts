import { describe, expect, it } from 'vitest'
import { comparedObjects, judgeOperands } from './judge-operand.ts'

const sql = 'select * from users where name = ? and password = ?'
const object = { password: 1 }

describe('comparedObjects', () => {
  it.each([
    ['an object that is compared', sql, ['ana', object], 1],
    ['values', sql, ['ana', 'secret'], 0],
    ['a date', sql, ['ana', new Date(0)], 0],
    ['a row that is inserted', 'insert into users set ?', [object], 0],
    ['a column that is set', 'update users set note = ? where id = 1', [object], 0],
    ['a list', 'select * from users where id in (?)', [[1, 2]], 0],
    ['no list of values', sql, object, 0],
    ['more values than places', 'select 1', [object], 0],
  ])('%s', (_name, text, values, count) => {
    expect(comparedObjects(text, values)).toHaveLength(count)
  })
})

describe('judgeOperands', () => {
  it('objects to an object of the request, and not to one of the application', () => {
    expect(judgeOperands([object], [{ name: 'ana', login: { password: object } }])?.attack).toBe(
      'sql-injection',
    )
    expect(judgeOperands([object], ['{"password":1}', { password: { password: 2 } }])).toBeNull()
    expect(judgeOperands([object], [{ login: { password: 1 } }])).not.toBeNull()
    expect(judgeOperands([], [object])).toBeNull()
  })

  it('ends at its depth', () => {
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    expect(judgeOperands([object], [cycle])).toBeNull()
  })
})
