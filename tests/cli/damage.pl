#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# damage.pl FILE SEED FROM LENGTH - damage FILE there: bits, bytes, runs of zeros and of
# 0xff, digits made large
# damage.pl header|dos|gpt FILE FIRST COUNT COMMAND... - for each of COUNT seeds damage
# the LUKS2 header or the table in FILE, run COMMAND FILE, and print the seeds where it ended by
# a signal or an unknown status, gave no answer, wrote to FILE, or called a header due back
# of which neither copy has the UUID and the text of before; at the end, each answer and how often.
use strict;
use warnings;
use Fcntl;

sub damage {
	my ($file, $seed, $from, $len) = @_;
	srand($seed);
	open(my $f, "+<", $file) or die "$file: $!\n";
	for (0 .. int(rand(12))) {
		my $at = $from + int(rand($len));
		my $kind = int(rand(5));
		my $byte;
		seek($f, $at, 0);
		read($f, $byte, 1);
		seek($f, $at, 0);
		print $f $kind == 0 ? chr(ord($byte) ^ 1 << int(rand(8))) :
			$kind == 1 ? chr(int(rand(256))) : $kind == 2 ? "\0" x (1 + int(rand(200))) :
			$kind == 3 ? "\xff" x (1 + int(rand(40))) : "9" x 20;
	}
	close($f) or die "$file: $!\n";
}

# A damaged text with a right checksum reaches the parser.
sub seal {
	my ($file) = @_;
	for my $at (0, 16384) {
		my $copy = head($file, $at, 16384);
		substr($copy, 448, 64) = "\0" x 64;
		put($file, $at + 448, Digest::SHA::sha256($copy));
	}
}

sub head {
	my ($file, $at, $len) = @_;
	sysopen(my $f, $file, O_RDONLY) or die "$file: $!\n";
	sysseek($f, $at, 0);
	sysread($f, my $bytes, $len) == $len or die "$file: short\n";
	return $bytes;
}

sub put {
	my ($file, $at, $bytes) = @_;
	sysopen(my $f, $file, O_WRONLY) or die "$file: $!\n";
	sysseek($f, $at, 0);
	syswrite($f, $bytes) == length($bytes) or die "$file: $!\n";
}

sub damage_one {
	my ($what, $file, $seed) = @_;
	return damage($file, $seed, 440, 70) if $what eq "dos";
	return damage($file, $seed, 0, 2048) if $what eq "gpt";
	damage($file, $seed, $seed % 3 ? 4096 : 0, 2200);
	damage($file, $seed, $seed % 3 ? 20480 : 16384, 2200);
	seal($file) if $seed % 2;
}

# What the take-out record signs is in these; labels and the like may change.
sub signed_part {
	my ($head, $at) = @_;
	return substr($head, $at + 168, 40) . substr($head, $at + 4096, 12288);
}

sub is_ours {
	my ($head, $good) = @_;
	return grep { signed_part($head, $_) eq signed_part($good, 0) } 0, 16384;
}

if ($ARGV[0] !~ /^(header|dos|gpt)$/) {
	damage(@ARGV);
	exit 0;
}
require Digest::SHA;
my ($what, $file, $first, $count, @command) = @ARGV;
my ($size, %answers) = (65536);
my $good = head($file, 0, $size);
for my $seed ($first .. $first + $count - 1) {
	damage_one($what, $file, $seed);
	my $before = head($file, 0, $size);
	open(my $out, "-|", @command, $file) or die "$command[0]: $!\n";
	my $said = join("", <$out>);
	close($out);
	my ($status, $signal) = ($? >> 8, $? & 127);
	my ($verdict) = $said =~ /"verdict":"([a-z-]+)"/;
	my ($error) = $said =~ /"error":\{[^}]*"code":"([a-z-]+)"/;
	my $after = head($file, 0, $size);
	print "seed $seed: signal $signal, status $status\n" if $signal || $status > 4;
	print "seed $seed: no answer: $said\n" unless $verdict || $error;
	print "seed $seed: written to\n" if $after ne $before;
	print "seed $seed: due back\n" if ($verdict // "") eq "due-back" && !is_ours($before, $good);
	$answers{$verdict // $error // "none"}++;
	put($file, 0, $good);
}
print "# $_: $answers{$_}\n" for sort keys %answers;
