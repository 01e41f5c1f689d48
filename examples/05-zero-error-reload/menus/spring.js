'use strict';

exports.teaOfTheDay = () => 'green tea';
