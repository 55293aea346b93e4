/** A product as the seed has it. */
export interface SeedProduct {
  readonly name: string
  readonly category: string
  readonly cents: number
  readonly stock: number
  readonly description: string
}

/** Categories in the order of the menu. */
export const categories: readonly string[] = ['tents', 'sleeping', 'footwear', 'packs', 'kitchen', 'light']

type Line = readonly [name: string, cents: number, stock: number, description: string]

const lines: Readonly<Record<string, readonly Line[]>> = {
  tents: [
    ['Ridgeline 2', 32_900, 14, 'Two people, three seasons, 1.9 kg. Stands up to wind on the fell.'],
    ['Meadow 4', 41_500, 8, 'A family tent with a porch high enough to stand in.'],
    ['Bivvy Solo', 15_900, 31, 'For one person and clear nights: 640 g and gone into any pack.'],
    ['Tarp Larch', 8900, 40, 'A 3 x 3 m tarp with twelve loops. Two trees and some cord do the rest.'],
  ],
  sleeping: [
    ['Down Bag 500', 24_900, 17, 'Comfort to -2 degrees, responsibly sourced down, 860 g.'],
    ['Summer Quilt', 11_900, 26, 'Open at the back, light as a scarf, for warm huts and hot nights.'],
    ['Air Mat Wide', 9900, 33, 'Seven centimetres of air, R-value 4.2, quiet when you turn.'],
    ['Wool Liner', 5900, 52, 'Merino against the skin, and the bag stays clean.'],
  ],
  footwear: [
    ['Fell Boot Mid', 21_900, 22, 'Waxed leather, resoleable, made for wet stone.'],
    ['Trail Runner', 13_900, 45, 'Six millimetres of drop and a sole that bites into mud.'],
    ['Camp Clog', 4900, 60, 'For the evening, when boots have done enough.'],
    ['Merino Socks', 1900, 200, 'Two pairs. You will want four.'],
  ],
  packs: [
    ['Long Way 55', 18_900, 19, 'Fifty-five litres, a frame that carries, pockets where hands are.'],
    ['Day Hop 20', 7900, 48, 'Light enough for lunch, strong enough for a rope.'],
    ['Dry Sack Set', 2900, 90, 'Three sizes, three colours, rolled shut.'],
    ['Hip Pouch', 2400, 75, 'Map, phone, chocolate.'],
  ],
  kitchen: [
    ['Spirit Stove', 3900, 57, 'Burns meths, never breaks, and whispers.'],
    ['Pot Duo', 5400, 38, 'Titanium, 0.9 and 1.4 litres, nesting.'],
    ['Enamel Mug', 1400, 150, 'Blue, chipped after a year, better for it.'],
    ['Folding Spoon', 900, 180, 'Long enough for the bottom of the bag.'],
  ],
  light: [
    ['Storm Lantern', 6900, 29, 'A warm glow for 30 hours, with a hook and a handle.'],
    ['Head Torch 400', 4500, 64, '400 lumens, a red light, a button that gloves can find.'],
    ['Candle Tin', 700, 120, 'Nine hours of beeswax.'],
    ['Solar Panel 10', 7900, 15, 'Ten watts on a sunny pack. Less in Scotland.'],
  ],
}

/** The goods, grouped by category; ids are positions from 1. */
export const products: readonly SeedProduct[] = categories.flatMap((category) =>
  (lines[category] ?? []).map(([name, cents, stock, description]) => ({
    name,
    category,
    cents,
    stock,
    description,
  })),
)
