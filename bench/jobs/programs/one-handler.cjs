'use strict';

exports.echo = async (args) => args;
