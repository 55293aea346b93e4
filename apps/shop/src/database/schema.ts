/** Everything from scratch: also undoes tables that an attack dropped or added. */
export const schemaSql = `
DROP SCHEMA IF EXISTS public CASCADE;
CREATE SCHEMA public;
CREATE TABLE users (id int PRIMARY KEY, name text UNIQUE, password text NOT NULL, display text NOT NULL,
  role text NOT NULL DEFAULT 'customer', email text NOT NULL, card text NOT NULL DEFAULT '');
CREATE TABLE products (id int PRIMARY KEY, name text NOT NULL, category text NOT NULL, price_cents int NOT NULL,
  stock int NOT NULL, description text NOT NULL, hidden boolean NOT NULL DEFAULT false);
CREATE TABLE reviews (id serial PRIMARY KEY, product_id int NOT NULL, author text NOT NULL, stars int NOT NULL,
  text text NOT NULL, written timestamptz NOT NULL DEFAULT now());
CREATE TABLE orders (id serial PRIMARY KEY, user_id int NOT NULL, total_cents int NOT NULL, items text NOT NULL,
  address text NOT NULL, placed timestamptz NOT NULL DEFAULT now());
CREATE TABLE settings (key text PRIMARY KEY, value text NOT NULL);
`
