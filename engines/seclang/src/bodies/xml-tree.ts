/** An element with its attributes and content; prefixes are kept, namespaces resolved by the reader. */
export interface XmlElement {
  readonly kind: 'element'
  readonly prefix: string
  readonly name: string
  readonly namespace: string
  readonly attributes: readonly XmlAttribute[]
  readonly children: XmlNode[]
}

/** An attribute; namespace declarations are not attributes. */
export interface XmlAttribute {
  readonly prefix: string
  readonly name: string
  readonly value: string
}

/** Character data, CDATA included. */
export interface XmlText {
  readonly kind: 'text'
  readonly value: string
}

/** Content of an element. */
export type XmlNode = XmlElement | XmlText

/** All character data below an element, in document order. */
export function textContent(element: XmlElement): string {
  let result = ''
  const open: XmlNode[] = [element]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.kind === 'text') result += node.value
    else for (let index = node.children.length - 1; index >= 0; index--) push(open, node.children[index])
  }
  return result
}

function push(open: XmlNode[], node: XmlNode | undefined): void {
  if (node !== undefined) open.push(node)
}
