import { describe, expect, it } from 'vitest'
import { Inventory, maxItems } from './inventory.ts'

describe('the inventory of routes', () => {
  it('tells a pattern once, however many addresses lead to it', () => {
    const inventory = new Inventory()
    for (let id = 0; id < 3; id += 1) inventory.addRoute('GET', `/users/${id}`, '/users/:id')
    expect(inventory.takeNews()).toEqual(['routes: GET /users/:id'])
    expect(inventory.takeNews()).toEqual([])
  })

  it('knows an address again with its method, and only that', () => {
    const inventory = new Inventory()
    expect(inventory.hasRouteOf('GET', '/users/1')).toBe(false)
    inventory.addRoute('GET', '/users/1', '/users/:id')
    expect(inventory.hasRouteOf('GET', '/users/1')).toBe(true)
    expect(inventory.hasRouteOf('POST', '/users/1')).toBe(false)
    inventory.addRoute('POST', '/users/1', '/users/:id')
    expect(inventory.takeNews()).toEqual(['routes: GET /users/:id, POST /users/:id'])
  })

  it('forgets addresses when there are too many, and tells no route twice for it', () => {
    const inventory = new Inventory()
    for (let id = 0; id <= maxItems; id += 1) inventory.addRoute('GET', `/users/${id}`, '/users/:id')
    expect(inventory.hasRouteOf('GET', '/users/0')).toBe(false)
    expect(inventory.hasRouteOf('GET', `/users/${maxItems}`)).toBe(true)
    expect(inventory.takeNews()).toEqual(['routes: GET /users/:id'])
  })
})
