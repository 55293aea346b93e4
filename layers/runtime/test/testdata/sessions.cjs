'use strict'
// Logins by Passport and by a session alone; packages from NODE_PATH.
const express = require('express')
const session = require('express-session')
const passport = require('passport')
const { Strategy } = require('passport-local')

passport.use(new Strategy((name, secret, done) => done(null, secret === 'right' ? { username: name } : false)))
passport.serializeUser((user, done) => done(null, user.username))
passport.deserializeUser((username, done) => done(null, { username }))

const app = express()
app.use(express.json())
app.use(express.urlencoded({ extended: false }))
app.use(session({ secret: 'keyboard', resave: false, saveUninitialized: false }))
app.use(passport.session())
app.post('/enter', passport.authenticate('local'), (request, response) => response.send(`in ${request.user.username}`))
app.get('/me', (request, response) => response.send(`me ${request.user?.username ?? 'nobody'}`))
// A form of the application's own, which answers with redirects.
app.post('/door', (request, response) => {
  if (request.body.password !== 'right') return response.redirect('/door?error=1')
  request.session.user = request.body.email
  response.redirect('/home')
})
const server = app.listen(0, '127.0.0.1', () => process.stdout.write(`port ${server.address().port}\n`))
