/** Internal signal of the XML reader: the text is not well-formed, or over a limit. */
export class XmlFault extends Error {}
