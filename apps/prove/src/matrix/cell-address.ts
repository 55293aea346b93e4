/** First number of a cell: 127.0.0.x and 127.1.x.x stay free for proxies, services and people. */
const firstCell = 2 << 16

/** Most cells of one proof. */
export const maxCells: number = (1 << 24) - firstCell - 2

/** The source address of the cell with that number, one of 127.2.0.1 to 127.255.255.254. Throws beyond `maxCells`. */
export function cellAddress(number: number): string {
  if (number < 0 || number >= maxCells) throw new RangeError(`no address for cell ${number}`)
  const value = firstCell + 1 + number
  return `127.${(value >> 16) & 255}.${(value >> 8) & 255}.${value & 255}`
}

/** The address of somebody innocent beside a cell: the same with 127.1 in front, which no cell has. */
export function bystanderAddress(address: string): string {
  return address.replace(/^127\.\d+/, '127.1')
}
