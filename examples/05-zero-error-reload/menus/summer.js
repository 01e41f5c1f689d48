'use strict';

exports.teaOfTheDay = () => 'iced oolong';
