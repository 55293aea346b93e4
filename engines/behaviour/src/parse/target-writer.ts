import type { AlertRecord, EventRecord, SourceRecord } from '../record.ts'

type Writer = (record: EventRecord, text: string) => void

const fields: Readonly<Record<string, Writer>> = {
  Stage: (record, text) => (record.Stage = text),
  StrTime: (record, text) => (record.StrTime = text),
  StrTimeFormat: (record, text) => (record.StrTimeFormat = text),
  MarshaledTime: (record, text) => (record.MarshaledTime = text),
  WhitelistReason: (record, text) => (record.WhitelistReason = text),
  'Line.Raw': (record, text) => (record.Line.Raw = text),
  'Line.Src': (record, text) => (record.Line.Src = text),
  'Line.Module': (record, text) => (record.Line.Module = text),
}

const maps: Readonly<Record<string, (record: EventRecord) => Map<string, unknown>>> = {
  Parsed: (record) => record.Parsed,
  Enriched: (record) => record.Enriched,
  Meta: (record) => record.Meta,
  Unmarshaled: (record) => record.Unmarshaled,
  'Line.Labels': (record) => record.Line.Labels,
}

/**
 * Where a dotted path (`evt.StrTime`, `Parsed.program`) leads. Undefined when it leads to no text of a record. In a map
 * the next name is the key and what follows is not looked at, as in CrowdSec.
 */
export function targetWriter(path: string): Writer | undefined {
  const names = (path.startsWith('evt.') ? path.slice(4) : path).split('.')
  const [first = '', second = '', third = ''] = names
  if (first === 'Overflow') return overflowWriter(names.slice(1).join('.'))
  const field = fields[first] ?? fields[`${first}.${second}`]
  if (field !== undefined) return names.length === (first in fields ? 1 : 2) ? field : undefined
  const inner = first === 'Line' && second === 'Labels'
  const map = maps[inner ? 'Line.Labels' : first]
  const key = inner ? third : second
  if (map === undefined || key === '') return undefined
  return (record, text) => void map(record).set(key, text)
}

type TextField<T> = { [Key in keyof T]: T[Key] extends string ? Key : never }[keyof T]

const alertFields: readonly TextField<AlertRecord>[] = [
  'Scenario',
  'ScenarioHash',
  'ScenarioVersion',
  'Message',
  'StartAt',
  'StopAt',
  'Leakspeed',
  'Kind',
  'UUID',
]
const sourceFields: readonly TextField<SourceRecord>[] = [
  'Scope',
  'Value',
  'IP',
  'Range',
  'AsName',
  'AsNumber',
  'Cn',
]

/** Texts of an overflow's first alert and of its source, which postoverflows may widen (an address to its network). */
function overflowWriter(path: string): Writer | undefined {
  const ofSource = sourceFields.find((name) => path === `Alert.Source.${name}`)
  if (ofSource !== undefined) {
    return ({ Overflow }, text) => {
      if (Overflow !== undefined) Overflow.Alert.Source[ofSource] = text
    }
  }
  const ofAlert = alertFields.find((name) => path === `Alert.${name}`)
  if (ofAlert === undefined) return undefined
  return ({ Overflow }, text) => {
    if (Overflow !== undefined) Overflow.Alert[ofAlert] = text
  }
}
