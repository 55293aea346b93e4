import { finding } from '../attack.ts'
import type { Finding } from '../attack.ts'

// Marks by which deserialisers recognise functions: node-serialize, funcster, cryo, js-yaml, serialize-to-js.
const code =
  /_\$\$ND_FUNC\$\$_|"__js_function"|_CRYO_FUNCTION_|!!js\/(?:function|regexp|undefined)|!<tag:yaml\.org,2002:js\/|\bfunction\s*\(|=>/

/** Judges a text that a deserialiser which can make functions is about to read. */
export function judgeSerialised(text: string, inputs: Iterable<string>): Finding | null {
  const found = code.exec(text)?.[0]
  if (found === undefined) return null
  for (const input of inputs)
    if (input.length > 3 && input.includes(found) && (text.includes(input) || input.includes(text)))
      return finding('unsafe-deserialisation', text, 'an input brings code to a deserialiser')
  return null
}
