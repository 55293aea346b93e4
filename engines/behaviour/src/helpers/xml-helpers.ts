import { constantFunction } from '../expr/builtins/constant-function.ts'
import { stringType } from '../expr/type.ts'
import { findElement, parseXmlPath } from './xml-path.ts'
import { parseXml, type XmlElement } from './xml.ts'

import type { FunctionSpec } from '../expr/function-spec.ts'

/** XMLGetNodeValue and XMLGetAttributeValue: texts of the first element at a path; empty when there is none. */
export function xmlHelpers(): readonly (readonly [string, FunctionSpec])[] {
  // A parser asks one line for a dozen values: the last document is kept.
  let lastText: string | undefined
  let lastTree: XmlElement | undefined
  const find = (text: string, path: ReturnType<typeof parseXmlPath>): XmlElement | undefined => {
    if (text !== lastText) {
      lastTree = parseXml(text)
      lastText = text
    }
    return lastTree === undefined || path === undefined ? undefined : findElement(lastTree, path)
  }
  const nodeValue = (text: string, path: string): string => find(text, parseXmlPath(path))?.text ?? ''
  const attribute = (text: string, path: string, name: string): string =>
    find(text, parseXmlPath(path))?.attributes.get(name) ?? ''
  return [
    [
      'XMLGetNodeValue',
      constantFunction([stringType, stringType], stringType, nodeValue, {
        specialize: ([, path]) => {
          if (typeof path?.value !== 'string') return undefined
          const steps = parseXmlPath(path.value)
          return (text: string) => find(text, steps)?.text ?? ''
        },
      }),
    ],
    ['XMLGetAttributeValue', constantFunction([stringType, stringType, stringType], stringType, attribute)],
  ]
}
