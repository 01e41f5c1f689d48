'use strict';

// A mistake that shows at the start: there is no such file in this version.
const teas = require('./teas.json');

exports.teaOfTheDay = () => teas[0];
