// Stands in for handlebars' optional source-map dependency in the bundle; handlebars falls back to plain strings.
module.exports = {};
